# Functions of which newer C libraries have newer versions: the libraries take the older ones, which all have, and so run with
# glibc 2.34 and the C++ library of GCC 11.
  .macro older name, version
  .section .text.\name, "ax", @progbits
  .symver older_\name, \name@\version
  .globl \name
  .hidden \name
  .type \name, @function
\name:
  jmp older_\name@PLT
  .size \name, . - \name
  .endm

  older hypot, GLIBC_2.2.5
  older hypotf, GLIBC_2.2.5
  older _ZNSt18condition_variable4waitERSt11unique_lockISt5mutexE, GLIBCXX_3.4.11
  .section .note.GNU-stack, "", @progbits
