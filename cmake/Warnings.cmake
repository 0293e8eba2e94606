# Warnings as an interface target: linking it privately never leaks flags to users of the installed library.
add_library(atelier_warnings INTERFACE)
target_compile_options(atelier_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow=local -Wnon-virtual-dtor -Wno-missing-field-initializers
                                                  $<$<BOOL:${ATELIER_WERROR}>:-Werror>)
