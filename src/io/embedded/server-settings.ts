/** How the embedded server is set up: a home lab's machine, beside programs that want its memory. Given at each start, so that a new release brings new ones. */

export const SERVER_SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  // In the cluster's own folder, which is 0700; relative, since a socket's path has room for 107 bytes.
  unix_socket_directories: '.',
  password_encryption: 'scram-sha-256',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // What is read often is minutes old: the pages of the last inserts. The rest is the kernel's cache's work.
  shared_buffers: '64MB',
  effective_cache_size: '512MB',
  work_mem: '8MB',
  maintenance_work_mem: '32MB',
  // The pools take 14, migrations one, a person's psql some.
  max_connections: '32',
  // No replica reads from here: less WAL, and no processes that wait for one. A base backup is not possible; COPY and pg_dump are.
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_logical_replication_workers: '0',
  max_wal_size: '512MB',
  min_wal_size: '64MB',
  checkpoint_timeout: '15min',
  // Short statements on a small machine: no helpers, no compiler, no I/O processes.
  max_worker_processes: '2',
  max_parallel_workers_per_gather: '0',
  max_parallel_maintenance_workers: '0',
  jit: 'off',
  io_method: 'sync',
  // A killed Drover's query ends, and its locks with it, although nobody reads the answer.
  client_connection_check_interval: '2s',
  // Nothing a person waits for; the log then holds what went wrong.
  log_checkpoints: 'off',
  log_min_messages: 'warning',
};
