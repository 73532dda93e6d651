! The size of a population at five times, measured with noise: growth INPUT OUTPUT
program growth
  implicit none
  real(8) :: start, rate, time, noise, uniform(2)
  integer :: seed, unit, i, n
  character(1000) :: input, output
  namelist /model/ start, rate, seed
  call get_command_argument(1, input)
  call get_command_argument(2, output)
  open(newunit=unit, file=input, status='old')
  read(unit, nml=model)
  close(unit)
  call random_seed(size=n)
  call random_seed(put=[(seed + i, i = 1, n)])
  open(newunit=unit, file=output)
  write(unit, '(a)') 'time size'
  do i = 0, 4
    call random_number(uniform)
    noise = 0.1d0 * sqrt(-2 * log(1 - uniform(1))) * cos(2 * acos(-1d0) * uniform(2))
    time = 0.5d0 * i
    write(unit, '(2es25.16)') time, start * exp(rate * time) + noise
  end do
end program growth
