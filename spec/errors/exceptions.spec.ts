import { expect } from 'chai'
import {
  AppException,
  ConflictError,
  ExternalServiceError,
  NotFoundError,
  PermissionDeniedError,
  ServiceUnavailableError,
  UnauthenticatedError,
  ValidationError,
} from 'plinth'

describe('The exception hierarchy', () => {
  const cases = [
    [ValidationError, 400, 'VALIDATION_ERROR'],
    [UnauthenticatedError, 401, 'UNAUTHENTICATED'],
    [PermissionDeniedError, 403, 'PERMISSION_DENIED'],
    [NotFoundError, 404, 'NOT_FOUND'],
    [ConflictError, 409, 'CONFLICT'],
    [ExternalServiceError, 502, 'EXTERNAL_SERVICE_ERROR'],
    [ServiceUnavailableError, 503, 'SERVICE_UNAVAILABLE'],
    [AppException, 500, 'INTERNAL_ERROR'],
  ] as const

  for (const [Exception, statusCode, errorCode] of cases) {
    it(`${Exception.name} is ${statusCode} ${errorCode}`, () => {
      const exception = new Exception('No.')
      expect(exception).to.be.instanceOf(AppException).and.instanceOf(Error)
      expect(exception).to.include({ name: Exception.name, message: 'No.', statusCode, errorCode })
      expect([exception.errors, exception.details]).to.deep.equal([[], {}])
    })
  }

  it('carries a code of its own, parts, details and a cause', () => {
    const cause = new Error('from below')
    const errors = [{ pointer: '#/title', code: 'length', message: 'is too long', params: { max: 3 } }]
    const exception = new ConflictError('No.', { errorCode: 'TAKEN', errors, details: { liveId: '7' }, cause })
    expect(exception).to.include({ errorCode: 'TAKEN', statusCode: 409, cause })
    expect(exception.errors).to.equal(errors)
    expect(exception.details).to.deep.equal({ liveId: '7' })
  })

  it('can be extended with another status and code', () => {
    class TeapotError extends AppException {
      static override readonly statusCode = 418
      static override readonly errorCode = 'TEAPOT'
    }
    expect(new TeapotError('Short and stout.')).to.include({
      name: 'TeapotError',
      statusCode: 418,
      errorCode: 'TEAPOT',
    })
  })
})
