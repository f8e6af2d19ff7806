import { AppException } from './app-exception.js'

/** The request cannot be read at all: its address or body is malformed (400). */
export class MalformedRequestError extends AppException {
  static override readonly statusCode: number = 400
  static override readonly errorCode: string = 'MALFORMED_REQUEST'
}

/** The path exists, but not with this method (405). */
export class MethodNotAllowedError extends AppException {
  static override readonly statusCode: number = 405
  static override readonly errorCode: string = 'METHOD_NOT_ALLOWED'
}

/** Nothing the caller accepts can be produced (406). */
export class NotAcceptableError extends AppException {
  static override readonly statusCode: number = 406
  static override readonly errorCode: string = 'NOT_ACCEPTABLE'
}

/** A condition of the request, as `If-Match`, is not met: the row is another than the caller read (412). */
export class PreconditionFailedError extends AppException {
  static override readonly statusCode: number = 412
  static override readonly errorCode: string = 'PRECONDITION_FAILED'
}

/** The request is well-formed, but cannot be carried out as it is (422). */
export class UnprocessableError extends AppException {
  static override readonly statusCode: number = 422
  static override readonly errorCode: string = 'UNPROCESSABLE'
}

/** The request must say on which condition it is made, so that nobody overwrites what they have not seen (428). */
export class PreconditionRequiredError extends AppException {
  static override readonly statusCode: number = 428
  static override readonly errorCode: string = 'PRECONDITION_REQUIRED'
}

/** The body has more bytes than are read (413). */
export class PayloadTooLargeError extends AppException {
  static override readonly statusCode: number = 413
  static override readonly errorCode: string = 'PAYLOAD_TOO_LARGE'
}

/** The address has more characters than are read (414). */
export class AddressTooLongError extends AppException {
  static override readonly statusCode: number = 414
  static override readonly errorCode: string = 'ADDRESS_TOO_LONG'
}

/** The body is of a kind that is not understood (415). */
export class UnsupportedMediaTypeError extends AppException {
  static override readonly statusCode: number = 415
  static override readonly errorCode: string = 'UNSUPPORTED_MEDIA_TYPE'
}
