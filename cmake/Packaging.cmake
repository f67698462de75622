# `cmake --install build` and `cpack --config build/CPackConfig.cmake`: a Debian package and a tarball.
include(GNUInstallDirs)
install(TARGETS tocsin RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES README.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY examples/ai DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples
  FILES_MATCHING PATTERN "*.yml" PATTERN "README.md" PATTERN "*.py")

set(CPACK_GENERATOR "DEB;TGZ")
set(CPACK_PACKAGE_NAME tocsin)
set(CPACK_PACKAGE_CONTACT "The Tocsin maintainers <maintainers@tocsin.example>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Turns PromQL rules into pages: rule evaluation and alert routing in one program")
set(CPACK_DEBIAN_PACKAGE_DEPENDS tzdata)  # time zones are read at run time
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_STRIP_FILES ON)
include(CPack)
