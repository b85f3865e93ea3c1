"""The store on MongoDB, through Motor, which is imported in this folder alone."""
