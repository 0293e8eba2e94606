# Warnings as an interface target: linking it privately never leaks flags to users of the installed library.
add_library(atelier_warnings INTERFACE)
# GCC 12 sees an overlapping copy in "text" + std::string at -O3 that is not there (GCC bug 105651): -Wno-restrict.
target_compile_options(atelier_warnings INTERFACE -Wall -Wextra -Wpedantic -Wnon-virtual-dtor -Wno-missing-field-initializers
                                                  $<$<CXX_COMPILER_ID:GNU>:-Wshadow=local;-Wno-restrict>
                                                  $<$<BOOL:${ATELIER_WERROR}>:-Werror>)
