package dev.holdfast.service.posix;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** A function of the C library, called with up to six longs. Safe for use by many threads. */
final class NativeFunction {
  private static final Linker LINKER = Linker.nativeLinker();

  /** The one shape. A function that takes fewer arguments does not look at the rest. */
  private static final FunctionDescriptor SIX_LONGS =
      FunctionDescriptor.of(
          JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);

  private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
  private static final long ERRNO_OFFSET =
      Linker.Option.captureStateLayout().byteOffset(MemoryLayout.PathElement.groupElement("errno"));

  private static final ThreadLocal<MemorySegment> CAPTURED =
      ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(Linker.Option.captureStateLayout()));

  private final MethodHandle handle;

  private NativeFunction(String name, Linker.Option... options) {
    MemorySegment address =
        LINKER
            .defaultLookup()
            .find(name)
            .orElseThrow(
                () ->
                    new UnsupportedOperationException(
                        "This C library has no "
                            + name
                            + "; the cluster service needs Linux with glibc 2.34 or newer"));
    this.handle = LINKER.downcallHandle(address, SIX_LONGS, options);
  }

  /** A function with a fixed number of arguments. */
  static NativeFunction fixed(String name) {
    return new NativeFunction(name, ERRNO);
  }

  /** A function whose arguments after the first vary. */
  static NativeFunction variadic(String name) {
    return new NativeFunction(name, ERRNO, Linker.Option.firstVariadicArg(1));
  }

  /** What the function returned. */
  long raw(long a, long b, long c, long d, long e, long f) {
    return invoke(CAPTURED.get(), a, b, c, d, e, f);
  }

  /** What the function returned as an int or, when that was -1, the negative of errno. */
  int call(long a, long b, long c, long d, long e, long f) {
    MemorySegment captured = CAPTURED.get();
    int result = (int) invoke(captured, a, b, c, d, e, f);
    return result == -1 ? -captured.get(JAVA_INT, ERRNO_OFFSET) : result;
  }

  int call(long a) {
    return call(a, 0, 0, 0, 0, 0);
  }

  int call(long a, long b) {
    return call(a, b, 0, 0, 0, 0);
  }

  int call(long a, long b, long c) {
    return call(a, b, c, 0, 0, 0);
  }

  int call(long a, long b, long c, long d) {
    return call(a, b, c, d, 0, 0);
  }

  private long invoke(MemorySegment captured, long a, long b, long c, long d, long e, long f) {
    try {
      return (long) handle.invokeExact(captured, a, b, c, d, e, f);
    } catch (RuntimeException | Error unchecked) {
      throw unchecked;
    } catch (Throwable impossible) {
      throw new AssertionError("A downcall throws nothing checked", impossible);
    }
  }
}
