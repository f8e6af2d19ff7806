import { Transform, type TransformCallback } from 'node:stream'
import { PayloadTooLargeError } from '../errors/request-exceptions.js'
import { type FileSizeOptions, maxBytesOf } from './file-size.js'

/**
 * Makes a stream that a file is piped through while it arrives, and that fails as soon as there are too many bytes:
 * `pipeline(request, limitFileSize({ maxMegabytes: 5 }), store)`. Nothing beyond the limit is passed on.
 * The stream fails with `PayloadTooLargeError` (413).
 * @throws {UsageError} E_VALIDATOR_OPTIONS unless `maxMegabytes` is a positive number.
 */
export function limitFileSize(options: Pick<FileSizeOptions, 'maxMegabytes'>): Transform {
  const maxBytes = maxBytesOf(options)
  let bytes = 0
  return new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      bytes += chunk.byteLength
      if (bytes <= maxBytes) done(null, chunk)
      else
        done(new PayloadTooLargeError(`The file has more than ${options.maxMegabytes} MB.`, { details: { maxBytes } }))
    },
  })
}
