/** Layout of the shared-memory frame region, its header codec, and a writer. */
module io.sdros.shm.protocol {
    exports io.sdros.shm.protocol;
}
