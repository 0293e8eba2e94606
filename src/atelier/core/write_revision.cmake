# Writes HEADER with the source's revision, only when it changed: cmake -DSOURCE=... -DHEADER=... -P write_revision.cmake
execute_process(COMMAND git --no-optional-locks describe --always --dirty --abbrev=12 WORKING_DIRECTORY ${SOURCE}
                OUTPUT_VARIABLE revision OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
if(failed OR revision STREQUAL "")
  set(revision "unknown")
endif()
set(text "#pragma once\n\nnamespace atelier {\ninline constexpr const char* kRevision = \"${revision}\";\n}\n")
if(EXISTS ${HEADER})
  file(READ ${HEADER} before)
endif()
if(NOT "${before}" STREQUAL "${text}")
  file(WRITE ${HEADER} "${text}")
endif()
