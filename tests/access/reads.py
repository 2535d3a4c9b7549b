"""Addresses whose POST shows the page and writes nothing."""

READS = {
    "POST /applications/", "POST /applications/<int:pk>/",
    "POST /handbook/", "POST /handbook/<str:code>/", "POST /handbook/why/", "POST /help/terms/",
    "POST /kpi/", "POST /kpi/<int:pk>/", "POST /kpi/reviews/<int:pk>/",
    "POST /kpi/reopenings/<int:pk>/",
    "POST /files/exports/", "POST /files/exports/<int:pk>/",
    "POST /files/exports/<int:pk>/download/", "POST /notices/", "POST /notices/<int:pk>/",
    "POST /search/", "POST /", "POST /figures/", "POST /org/tree/", "POST /org/members/",
    "POST /org/me/", "POST /org/roles/", "POST /org/jobs/", "POST /org/why/", "POST /org/params/",
    "POST /org/moves/<int:pk>/", "POST /approvals/", "POST /approvals/delegations/",
    "POST /approvals/<int:pk>/", "POST /approvals/chains/",
    "POST /approvals/chains/<str:document>/",
    "POST /approvals/chains/changes/<int:pk>/",
    "POST /files/imports/", "POST /files/imports/template/<str:kind>/",
    "POST /files/pictures/<int:pk>/", "POST /org/support/<int:pk>/",
    "POST /files/attachments/<int:pk>/", "POST /files/attachments/<int:pk>/preview/",
    "POST /contracts/<int:pk>/pdf/", "POST /contracts/<int:pk>/docx/",
    "POST /files/imports/<int:pk>/", "POST /files/imports/<int:pk>/failed/", "POST /customers/",
    "POST /customers/lookup/", "POST /customers/<int:pk>/", "POST /customers/visits/",
    "POST /customers/visits/today/", "POST /customers/visits/pick/",
    "POST /customers/visits/<int:pk>/", "POST /contracts/", "POST /contracts/preview/",
    "POST /contracts/<int:pk>/", "POST /contracts/products/", "POST /contracts/products/lookup/",
    # these ask for the password first: tests/accounts types it
    "POST /accounts/", "POST /accounts/confirm/", "POST /accounts/password/",
    "POST /accounts/totp/add/", "POST /accounts/totp/remove/", "POST /accounts/codes/",
    "POST /accounts/codes/renew/", "POST /accounts/passkeys/add/",
    "POST /accounts/passkeys/rename/", "POST /accounts/passkeys/remove/",
    "POST /org/tokens/make/", "POST /org/tokens/make_feed/", "POST /org/tokens/revoke/",
    # and this one wants the number of a session of one's own
    "POST /accounts/sessions/end/",
}  # fmt: skip
