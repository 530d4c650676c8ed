/* Appends a line to the file it is given, as the first thing it does, and waits to be killed:
 * nanoseconds on CLOCK_MONOTONIC, its pid. */
#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv) {
  struct timespec now;
  char line[64];
  int length;
  int file;

  clock_gettime(CLOCK_MONOTONIC, &now);
  length = snprintf(line, sizeof line, "%lld %d\n",
                    now.tv_sec * 1000000000LL + now.tv_nsec, (int) getpid());
  if (argc != 2) {
    return 2;
  }
  file = open(argv[1], O_WRONLY | O_APPEND | O_CREAT, 0600);
  if (file < 0 || write(file, line, length) != length) {
    return 1;
  }
  for (;;) {
    pause();
  }
}
