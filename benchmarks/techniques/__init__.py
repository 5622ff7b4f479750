"""Every technique of ../shared/ml-techniques.csv run on small real data, and whether what the list asks of it holds."""
