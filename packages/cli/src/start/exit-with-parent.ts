// Loaded into every child of `jejak start` (node --import): when the supervisor is gone, even by kill -9, the child stops too.
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'))
process.channel?.unref()
