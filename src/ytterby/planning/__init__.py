"""The plan: which mines, plants, stocks and partners secure supply, for what money."""
