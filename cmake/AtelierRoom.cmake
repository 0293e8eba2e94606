# atelier_room(NAME nn SOURCES a.cpp HEADERS a.h DEPENDS core tensor LINK Pkg::X PRIVATE_LINK Pkg::Y)
#
# One room of the house: a static library atelier_<name> with alias atelier::<name>. DEPENDS names other rooms
# (checked against the includes by tests/layers), LINK names outside libraries its headers need, PRIVATE_LINK the
# ones only its sources need.
function(atelier_room)
  cmake_parse_arguments(ROOM "" "NAME" "SOURCES;HEADERS;DEPENDS;LINK;PRIVATE_LINK" ${ARGN})
  set(target atelier_${ROOM_NAME})
  add_library(${target} STATIC ${ROOM_SOURCES})
  add_library(atelier::${ROOM_NAME} ALIAS ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${ROOM_NAME} LINKER_LANGUAGE CXX)
  target_sources(${target} PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}/src FILES ${ROOM_HEADERS})
  target_compile_features(${target} PUBLIC cxx_std_20)
  list(TRANSFORM ROOM_DEPENDS PREPEND atelier::)
  target_link_libraries(${target} PUBLIC ${ROOM_DEPENDS} ${ROOM_LINK}
                                  PRIVATE ${ROOM_PRIVATE_LINK} $<BUILD_INTERFACE:atelier_warnings>)
  install(TARGETS ${target} EXPORT AtelierTargets FILE_SET HEADERS)
endfunction()

# Code that only calls LibTorch gains nothing from -O3, and its headers make every level of optimisation dear.
function(atelier_torch_glue target)
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1>)
endfunction()

# atelier_apart(a.cpp b.cpp): sources a unity build (run-tests, quickstart) must not join with their neighbours, because a
# name in their unnamed namespace is also a neighbour's.
function(atelier_apart)
  set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()
