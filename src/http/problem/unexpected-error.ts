import { AppException } from '../../errors/app-exception.js'

/** Something nobody meant a caller to see. Its cause is for the log alone. */
export class UnexpectedError extends AppException {
  constructor(cause: unknown) {
    super('Something unexpected happened.', { cause })
  }
}
