import { deflateSync } from 'node:zlib'

/** One part of a form, as it is sent. */
export interface Part {
  readonly name: string
  readonly content: string | Buffer
  /** Makes a file of it. */
  readonly fileName?: string
  readonly type?: string
}

export const boundary = 'the-boundary-of-specs'
export const formType = `multipart/form-data; boundary=${boundary}`

/** The bytes of a form. */
export function formOf(...parts: readonly Part[]): Buffer {
  const written = parts.flatMap((part) => [headOf(part), Buffer.from(part.content as string), Buffer.from('\r\n')])
  return Buffer.concat([...written, Buffer.from(`--${boundary}--\r\n`)])
}

/** What stands before the content of a part. */
export function headOf({ name, fileName, type }: Part): Buffer {
  const file = fileName === undefined ? '' : `; filename="${fileName}"`
  const typed = type === undefined ? '' : `Content-Type: ${type}\r\n`
  return Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n${typed}\r\n`)
}

const chunk = (type: string, data: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const frame = Buffer.alloc(8)
  frame.writeUInt32BE(data.length, 0)
  return Buffer.concat([frame.subarray(0, 4), body, Buffer.alloc(4)])
}

/** A picture of one pixel, and as many bytes behind it as it is told. */
export function png(more = 0): Buffer {
  const header = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0])
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.from([0, 0]))),
    chunk('IEND', Buffer.alloc(0)),
    Buffer.alloc(more),
  ])
}

/** An archive of one entry that is stored as it is. */
export function zip(name: string, content: Buffer): Buffer {
  const head = Buffer.alloc(30)
  head.writeUInt32LE(0x04034b50, 0)
  head.writeUInt16LE(20, 4)
  head.writeUInt32LE(content.length, 18)
  head.writeUInt32LE(content.length, 22)
  head.writeUInt16LE(name.length, 26)
  return Buffer.concat([head, Buffer.from(name, 'latin1'), content])
}

/** A frame of sound behind a title (ID3v2) of some bytes. */
export function mp3(titleBytes: number): Buffer {
  const size = [21, 14, 7, 0].map((shift) => (titleBytes >> shift) & 0x7f)
  const title = Buffer.from([0x49, 0x44, 0x33, 3, 0, 0, ...size])
  return Buffer.concat([title, Buffer.alloc(titleBytes), Buffer.from([0xff, 0xfb, 0x90, 0x64]), Buffer.alloc(413)])
}
