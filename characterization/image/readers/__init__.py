from characterization.image.readers.picture import READER

READERS = [READER]
