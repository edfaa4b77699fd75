import array


class CompressedImage:
    def __init__(self, header, words, flags, data):
        self.header = header
        self.format = words
        self.data = array.array("B", data)
