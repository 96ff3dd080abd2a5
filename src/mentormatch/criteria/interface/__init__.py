"""What every criterion implements, and the products and buffers that scoring is made of."""
