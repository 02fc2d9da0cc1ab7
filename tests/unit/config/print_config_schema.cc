// Prints the schema for config_schema_test.py.

#include <iostream>

#include "config/config_schema.h"

int main() { std::cout << trunkd::config_schema(); }
