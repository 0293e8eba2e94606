# cmake -DBUILD=... -DSOURCE=... -DINPUT_MAKER=... -P build_and_run_consumer.cmake
cmake_minimum_required(VERSION 3.25)
set(work ${BUILD}/tests/install/work)
set(prefix ${work}/prefix)
file(REMOVE_RECURSE ${work})
file(MAKE_DIRECTORY ${work})

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command}\nended with ${status}:\n${output}")
  endif()
endfunction()

run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${prefix})
set(flags "")
if(SANITIZE)
  set(flags -DCMAKE_CXX_FLAGS=-fsanitize=${SANITIZE})
endif()
run(${CMAKE_COMMAND} -S ${SOURCE}/examples/consumer -B ${work}/consumer -G ${GENERATOR} -DCMAKE_PREFIX_PATH=${prefix}
    -DCMAKE_CXX_COMPILER=${CXX} -DCMAKE_C_COMPILER=${C} -DCMAKE_BUILD_TYPE=Release ${flags})
run(${CMAKE_COMMAND} --build ${work}/consumer)
run(${INPUT_MAKER} ${work}/input)
run(${work}/consumer/stylize_one ${work}/input/photo.png alpha ${work}/painting.png ${work}/input/model)
run(${work}/consumer/blend_two ${work}/input/photo.png ${work}/input/photo.png ${work}/input/painting.png ${work}/row
    ${work}/input/model)
foreach(painting IN ITEMS painting.png row/0-percent-second.jpg row/100-percent-second.jpg)
  if(NOT EXISTS ${work}/${painting})
    message(FATAL_ERROR "${painting} was not painted")
  endif()
endforeach()
# The installed program runs from where it was put.
run(${prefix}/bin/atelier --version)
