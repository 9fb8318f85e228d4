"""The formats of ICP results, one module each."""

from characterization.icp import entry
from characterization.icp.readers import icp_expert, plain_table, qtegra, shimadzu
from labdb.ingest.reader import Reader

READERS: list[Reader] = [qtegra.READER, icp_expert.READER, shimadzu.READER, plain_table.READER, entry.READER]
