# What `cmake --install` puts where:
#   bin/atelier                      the program (libexec/atelier/atelier-torch: its half on LibTorch)
#   lib/, include/atelier/           the rooms and their public headers
#   lib/cmake/Atelier/               find_package(Atelier)
#   share/atelier/models/            the model bundles that `atelier` looks for beside itself
# Programs and rooms say so themselves (apps/atelier, atelier_room); this file adds the rest.

set(atelier_package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/Atelier)

if(EXISTS ${PROJECT_SOURCE_DIR}/models)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/models/ DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/atelier/models)
endif()
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})

configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/AtelierConfig.cmake.in AtelierConfig.cmake
                              INSTALL_DESTINATION ${atelier_package_folder})
write_basic_package_version_file(AtelierConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/AtelierConfig.cmake ${PROJECT_BINARY_DIR}/AtelierConfigVersion.cmake
        DESTINATION ${atelier_package_folder})
install(EXPORT AtelierTargets NAMESPACE atelier:: DESTINATION ${atelier_package_folder})
