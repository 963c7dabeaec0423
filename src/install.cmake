# `find_package(kaiku)` gives the pure core as a library: kaiku::parse, kaiku::aggregate, kaiku::shard ...
# The adapters (kafka, rocks, local, serve), config and the program stay out of it.
include(CMakePackageConfigHelpers)

set(kaiku_core base model sketch text window money state log exchange effect parse match aggregate dedup
  commerce conversation journey signal board shard)
list(TRANSFORM kaiku_core PREPEND kaiku_ OUTPUT_VARIABLE kaiku_core_targets)
install(TARGETS ${kaiku_core_targets} EXPORT kaikuTargets COMPONENT core
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT kaikuTargets NAMESPACE kaiku:: COMPONENT core DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/kaiku)
configure_package_config_file(${PROJECT_SOURCE_DIR}/src/kaikuConfig.cmake.in ${PROJECT_BINARY_DIR}/kaikuConfig.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/kaiku)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/kaikuConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/kaikuConfig.cmake ${PROJECT_BINARY_DIR}/kaikuConfigVersion.cmake
  COMPONENT core DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/kaiku)
install(TARGETS kaiku COMPONENT program RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
