package dev.holdfast.service.posix;

/** The error numbers that we tell apart, and what to call them in a sentence. */
public enum Errno {
  EPERM(1, "operation not permitted"),
  ENOENT(2, "no such file or directory"),
  ESRCH(3, "no such process"),
  EINTR(4, "interrupted"),
  EIO(5, "input/output error"),
  E2BIG(7, "argument list too long"),
  ENOEXEC(8, "exec format error (a script without a '#!' line, or a program for another machine)"),
  EBADF(9, "bad file descriptor"),
  ECHILD(10, "no child process"),
  EAGAIN(11, "resource temporarily unavailable"),
  ENOMEM(12, "out of memory"),
  EACCES(13, "permission denied"),
  EEXIST(17, "file exists"),
  ENOTDIR(20, "not a directory"),
  EISDIR(21, "is a directory"),
  EINVAL(22, "invalid argument"),
  ENFILE(23, "too many open files in the system"),
  EMFILE(24, "too many open files"),
  ENOTTY(25, "inappropriate request for this descriptor"),
  ETXTBSY(26, "text file busy (it is open for writing)"),
  ENOSPC(28, "no space left on device"),
  EROFS(30, "read-only file system"),
  ERANGE(34, "result too large"),
  ENAMETOOLONG(36, "file name too long"),
  ENOSYS(38, "not offered by this kernel"),
  ELOOP(40, "too many levels of symbolic links"),
  ENOBUFS(105, "no buffer space available"),
  ECONNREFUSED(111, "connection refused (nobody listens there)"),
  EDQUOT(122, "disk quota exceeded");

  private final int number;
  private final String text;

  Errno(int number, String text) {
    this.number = number;
    this.text = text;
  }

  /** Its number, the same on x86-64 and AArch64. */
  public int number() {
    return number;
  }

  /** What to call an error number in a sentence. */
  public static String textOf(int number) {
    for (Errno errno : values()) {
      if (errno.number == number) {
        return errno.text;
      }
    }
    return "error number " + number;
  }
}
