import array


class FFMPEGPacket:
    def __init__(self, header, words, flags, data):
        self.header = header
        self.encoding = words
        self.flags = flags
        self.data = array.array("B", data)
