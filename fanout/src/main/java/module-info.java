/** Hands one stream of messages to many subscribers; knows nothing about where they come from or go to. */
module io.sdros.fanout {
    requires org.jctools.core.jdk11;

    exports io.sdros.fanout;
}
