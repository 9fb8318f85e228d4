from characterization.sem.readers.micrograph import READER

READERS = [READER]
