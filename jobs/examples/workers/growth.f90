! The size of a population at five times, measured with noise: a worker in Fortran.
program growth
  use iso_fortran_env, only: int64
  implicit none
  character(8) :: word
  integer(int64) :: id
  integer :: seed, i, n, status
  real(8) :: start, rate, uniform(5, 2), x(5)
  call random_seed(size=n)
  write(*, '(a)') 'ready snpse 1'
  do
    flush(6)
    read(*, *, iostat=status) word, id, seed, start, rate
    if (status /= 0) exit
    call random_seed(put=[(seed + i, i = 1, n)])
    call random_number(uniform)
    x = [(start * exp(rate * 0.5d0 * i), i = 0, 4)]
    x = x + 0.1d0 * sqrt(-2 * log(1 - uniform(:, 1))) * cos(2 * acos(-1d0) * uniform(:, 2))
    write(*, '(a, i0, *(1x, es25.17e3))') 'ok ', id, x
  end do
end program growth
