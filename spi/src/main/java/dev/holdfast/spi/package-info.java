/**
 * What the author of a resource type compiles against.
 *
 * <p>A <em>resource type</em> teaches Holdfast to run one kind of thing. Its archive is loaded by a
 * <em>resource monitor</em>, a JVM that may be killed at any instruction: then another monitor asks
 * the type to {@linkplain dev.holdfast.spi.Resource#find find} what runs, and goes on. So a type
 * keeps nothing in memory that it could not do without, and nothing it starts is its own child:
 * processes belong to the cluster service.
 *
 * <p>{@link dev.holdfast.spi.Lives} decides what a death means: a thing that lives in the monitor
 * is gone with it, one on the node is gone with the boot, one elsewhere outlives the node.
 *
 * <h2>A type that runs one process</h2>
 *
 * {@snippet lang="java" :
 * import dev.holdfast.spi.Context;
 * import dev.holdfast.spi.Description;
 * import dev.holdfast.spi.Launch;
 * import dev.holdfast.spi.Lives;
 * import dev.holdfast.spi.ProcessResource;
 * import dev.holdfast.spi.Properties;
 * import dev.holdfast.spi.Property;
 * import dev.holdfast.spi.Resource;
 * import dev.holdfast.spi.ResourceType;
 * import dev.holdfast.spi.TcpProbe;
 *
 * public final class Redis implements ResourceType {
 *   static final Property<Integer> PORT =
 *       Property.integer("Port").range(1, 65535).defaultsTo(6379).help("TCP port").build();
 *
 *   @Override
 *   public Description description() {
 *     return Description.of("Redis").lives(Lives.ON_NODE).properties(PORT).build();
 *   }
 *
 *   @Override
 *   public Resource open(Context context) {
 *     return new RedisResource(context);
 *   }
 *
 *   static final class RedisResource extends ProcessResource {
 *     RedisResource(Context context) {
 *       super(context);
 *     }
 *
 *     @Override
 *     protected Launch launch(Properties properties) {
 *       return Launch.of("redis-server", "--port", properties.get(PORT).toString());
 *     }
 *
 *     @Override
 *     protected boolean ready(Properties properties) {
 *       return TcpProbe.connects("127.0.0.1", properties.get(PORT));
 *     }
 *   }
 * }
 * }
 *
 * <p>Name the class in {@code META-INF/services/dev.holdfast.spi.ResourceType}, put the jar into
 * the folder {@code lib} of a zip with a {@code plugin.properties} beside it, and register that.
 *
 * <h2>A type that runs programs</h2>
 *
 * What is started and looked at by programs of its own (an agent, a script) is asked through {@link
 * dev.holdfast.spi.Call#run}: the cluster service forks them, and keeps count of what they leave.
 *
 * <h2>Properties that change while it runs</h2>
 *
 * What is set while a resource is Online counts from its next online on. A property that is
 * declared {@link dev.holdfast.spi.Property.Effect#LIVE} counts at once: {@link
 * dev.holdfast.spi.Resource#changed} puts it in effect, and says by an exception when it cannot.
 *
 * <h2>What holds everywhere</h2>
 *
 * <ul>
 *   <li><b>Threads.</b> Plugin code runs on platform threads of the host, one call at a time in a
 *       resource; {@link dev.holdfast.spi.Resource#terminate} alone may enter beside another.
 *   <li><b>Time.</b> Every call has a deadline. Blocking until then is fine. When it passes, the
 *       thread is interrupted; whoever ignores that costs the monitor.
 *   <li><b>States</b> are never set by a type. Returning from {@code online} is Online.
 *   <li><b>Null</b> is nowhere unless a parameter says {@code @Nullable}.
 *   <li><b>Values</b> are immutable. Durations have no unit in their name, bare numbers have.
 *   <li><b>Growth.</b> JDK types only, Java 17. Interfaces grow by default methods and by optional
 *       interfaces; types that you are given (calls, slots, the context) may grow by any method, so
 *       do not implement them outside of tests.
 * </ul>
 */
@NullMarked
package dev.holdfast.spi;

import org.jspecify.annotations.NullMarked;
