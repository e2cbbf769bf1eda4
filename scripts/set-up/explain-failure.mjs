/** A set-up step failed for a reason that one sentence tells. */
export class SetUpError extends Error {
  constructor(sentence, exitCode = 1, lastLines = []) {
    super(sentence)
    this.sentence = sentence
    this.exitCode = exitCode
    this.lastLines = lastLines
  }
}

const reasons = [
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ERR_SOCKET_TIMEOUT|ENETUNREACH|EHOSTUNREACH/,
    'the npm registry cannot be reached; check the network or the proxy and start again',
  ],
  [
    /SELF_SIGNED_CERT|UNABLE_TO_(GET|VERIFY)|CERT_/,
    'the registry’s certificate is not trusted; set npm’s cafile or NODE_EXTRA_CA_CERTS and start again',
  ],
  [/ENOSPC/, 'the disk is full'],
  [
    /EACCES|EPERM|EROFS/,
    'a file or folder is not writable for this user; was the clone, or node_modules, made by another user?',
  ],
  [
    /ERR_PNPM_OUTDATED_LOCKFILE/,
    'pnpm-lock.yaml does not match a package.json; run pnpm install and commit the lockfile',
  ],
  [/command not found|ENOENT.*npm|spawn npm ENOENT/, 'npm was not found; install Node with npm'],
]

/** One sentence for a failed step, from the tool's own output; its last line where no known reason fits. */
export function explainFailure(failure, lines) {
  const text = lines.join('\n')
  const known = reasons.find(([pattern]) => pattern.test(text))
  return `${failure}: ${known ? known[1] : (lines.at(-1) ?? 'it said nothing').trim()}.`
}
