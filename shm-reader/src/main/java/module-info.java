/** Reads the shared-memory frame region without ever handing over a torn frame. */
module io.sdros.shm.reader {
    requires transitive io.sdros.shm.protocol;

    exports io.sdros.shm.reader;
}
