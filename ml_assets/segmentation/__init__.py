"""Groups of customers that are alike: how many, if there are any, what tells them apart, which is which later."""
