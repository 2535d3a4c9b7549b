"""Floor 8: products, dated tax rates and sales contracts from draft to signature (CTR)."""
