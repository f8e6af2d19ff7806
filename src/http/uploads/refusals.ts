import type { AppException } from '../../errors/app-exception.js'
import { pointerTo } from '../../errors/json-pointer.js'
import { MalformedRequestError, PayloadTooLargeError, UnprocessableError } from '../../errors/request-exceptions.js'
import type { Complaints } from '../../validators/validator.js'
import type { FileRule } from './file-rule.js'

/** A file is not of the kind that is taken. */
export function fileRefused(field: string, complaints: Complaints): AppException {
  const pointer = pointerTo(field)
  return new UnprocessableError('A file is not of the kind that is taken here.', {
    errorCode: 'FILE_REFUSED',
    errors: complaints.map((one) => ({ ...one, pointer })),
  })
}

/** A file has more bytes than its rule lets it have. */
export function fileTooLarge({ field, maxBytes }: FileRule): AppException {
  const message = `must have at most ${maxBytes} bytes`
  return new PayloadTooLargeError(`A file has more than ${maxBytes} bytes.`, {
    errors: [{ pointer: pointerTo(field), code: 'fileSize', message, params: { maxBytes } }],
  })
}

export function malformed(): AppException {
  return new MalformedRequestError('The body is not well-formed multipart data.', { errorCode: 'MALFORMED_BODY' })
}
