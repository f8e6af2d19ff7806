import { STATUS_CODES } from 'node:http'
import { AppException, type AppExceptionOptions } from '../../errors/app-exception.js'

const codes: Readonly<Record<number, string>> = { 401: 'UNAUTHENTICATED', 403: 'PERMISSION_DENIED' }

/** An error of which little more is known than its HTTP status. */
export class StatusError extends AppException {
  override readonly statusCode: number

  constructor(status: number, message = '', options: AppExceptionOptions = {}) {
    super(message, { errorCode: codeOf(status), ...options })
    this.statusCode = status
  }
}

function codeOf(status: number): string {
  return codes[status] ?? (STATUS_CODES[status] ?? 'ERROR').toUpperCase().replace(/\W+/g, '_')
}
