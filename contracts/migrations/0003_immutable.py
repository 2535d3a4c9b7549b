"""CTR-1.5: an archived contract, its rows and its papers change no more, whoever asks.

Whom it belongs to and where it stands in the tree may change: people leave, teams move. The small
picture of a paper may still be drawn.
"""

from django.db import migrations

UP = """
CREATE FUNCTION ctr_1_5_contract() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE free text[] := ARRAY['owner_id', 'unit_id', 'org_path', 'updated_at'];
BEGIN
    IF OLD.archived_at IS NOT NULL
       AND (TG_OP = 'DELETE' OR (to_jsonb(OLD) - free) <> (to_jsonb(NEW) - free)) THEN
        RAISE EXCEPTION 'an archived contract cannot be changed' USING ERRCODE = '23514';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;

CREATE FUNCTION ctr_1_5_rows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE one bigint; other bigint;
BEGIN
    one := CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE OLD.contract_id END;
    other := CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE NEW.contract_id END;
    IF EXISTS (SELECT 1 FROM contracts_contract c
               WHERE c.id IN (one, other) AND c.archived_at IS NOT NULL) THEN
        RAISE EXCEPTION 'an archived contract cannot be changed' USING ERRCODE = '23514';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;

CREATE FUNCTION ctr_1_5_papers() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE held text := 'contracts.contract'; one bigint; other bigint;
BEGIN
    IF TG_OP = 'UPDATE' AND (to_jsonb(OLD) - 'preview') = (to_jsonb(NEW) - 'preview') THEN
        RETURN NEW;
    END IF;
    IF TG_OP <> 'INSERT' AND OLD.kind = held THEN one := OLD.target_id; END IF;
    IF TG_OP <> 'DELETE' AND NEW.kind = held THEN other := NEW.target_id; END IF;
    IF EXISTS (SELECT 1 FROM contracts_contract c
               WHERE c.id IN (one, other) AND c.archived_at IS NOT NULL) THEN
        RAISE EXCEPTION 'the papers of an archived contract cannot be changed'
            USING ERRCODE = '23514';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;

CREATE TRIGGER ctr_1_5_archived BEFORE UPDATE OR DELETE ON contracts_contract
    FOR EACH ROW EXECUTE FUNCTION ctr_1_5_contract();
CREATE TRIGGER ctr_1_5_archived BEFORE INSERT OR UPDATE OR DELETE ON contracts_line
    FOR EACH ROW EXECUTE FUNCTION ctr_1_5_rows();
CREATE TRIGGER ctr_1_5_archived BEFORE INSERT OR UPDATE OR DELETE ON contracts_instalment
    FOR EACH ROW EXECUTE FUNCTION ctr_1_5_rows();
CREATE TRIGGER ctr_1_5_archived BEFORE INSERT OR UPDATE OR DELETE ON files_attachment
    FOR EACH ROW EXECUTE FUNCTION ctr_1_5_papers();
"""
DOWN = """
DROP TRIGGER ctr_1_5_archived ON contracts_contract;
DROP TRIGGER ctr_1_5_archived ON contracts_line;
DROP TRIGGER ctr_1_5_archived ON contracts_instalment;
DROP TRIGGER ctr_1_5_archived ON files_attachment;
DROP FUNCTION ctr_1_5_contract();
DROP FUNCTION ctr_1_5_rows();
DROP FUNCTION ctr_1_5_papers();
"""


class Migration(migrations.Migration):
    dependencies = [("contracts", "0002_archive"), ("files", "0002_attachment")]

    operations = [migrations.RunSQL(UP, DOWN)]
