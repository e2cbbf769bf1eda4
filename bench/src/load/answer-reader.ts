const headEnd = Buffer.from('\r\n\r\n')
const chunkedEnd = '0\r\n\r\n'

/** Reads the answers of one connection: takes what arrives, and tells the status of each answer that is complete. One request at a time. */
export const createAnswerReader = (onAnswer: (status: number, mayGoOn: boolean) => void): ((chunk: Buffer) => void) => {
  let pending: Buffer | undefined
  return (chunk) => {
    const bytes = pending ? Buffer.concat([pending, chunk]) : chunk
    pending = bytes
    const end = bytes.indexOf(headEnd)
    if (end === -1) return
    const head = bytes.toString('latin1', 0, end)
    if (!isWhole(bytes, end + headEnd.length, head)) return
    pending = undefined
    onAnswer(Number(head.slice(9, 12)), !/\r\nconnection: close/i.test(head))
  }
}

const isWhole = (bytes: Buffer, bodyAt: number, head: string): boolean => {
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)
  if (length) return bytes.length >= bodyAt + Number(length[1])
  if (/\r\ntransfer-encoding: *chunked/i.test(head))
    return bytes.subarray(-chunkedEnd.length).toString('latin1') === chunkedEnd
  return true
}
