import { expect } from 'chai'
import { AppException, ConflictError, FailureError, isFailure, NotFoundError, ServiceResult, UsageError } from 'plinth'

const thrownBy = (work: () => unknown): unknown => {
  try {
    work()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

describe('ServiceResult', () => {
  it('holds data', () => {
    const result = ServiceResult.success({ id: 7 })
    expect(result.success).to.equal(true)
    expect(result.unwrap()).to.equal(result.data).and.to.deep.equal({ id: 7 })
    expect(JSON.stringify(result)).to.equal('{"success":true,"data":{"id":7}}')
    expect(isFailure(result)).to.equal(false)
  })

  it('holds nothing when there is nothing to say', () => {
    const result: ServiceResult<undefined> = ServiceResult.success()
    expect(result.unwrap()).to.equal(undefined)
    expect(JSON.stringify(result)).to.equal('{"success":true}')
  })

  it('holds a failure', () => {
    const errors = [{ pointer: '#/title', code: 'length', message: 'must be at least 3 characters' }]
    const result = ServiceResult.failure('The title is too short.', 'TOO_SHORT', { errors, cause: new Error('secret') })
    expect(isFailure(result)).to.equal(true)
    expect(JSON.parse(JSON.stringify(result))).to.deep.equal({
      success: false,
      error: 'The title is too short.',
      errorCode: 'TOO_SHORT',
      errors,
    })
    expect(result.cause).to.have.property('message', 'secret')
  })

  it('has a code where none is given, and no empty texts', () => {
    expect(ServiceResult.failure('No.')).to.deep.include({ success: false, error: 'No.', errorCode: 'FAILURE' })
    expect(Object.keys(ServiceResult.failure('No.', 'NO', { errors: [] }))).to.have.members([
      'success',
      'error',
      'errorCode',
    ])
    expect(() => ServiceResult.failure('')).to.throw(UsageError, 'needs a message')
    expect(() => ServiceResult.failure('No.', '')).to.throw(UsageError, 'needs a code')
  })

  it('is frozen', () => {
    const errors = [{ parameter: 'page', code: 'integer', message: 'must be a whole number' }]
    for (const result of [ServiceResult.success(1), ServiceResult.failure('No.', 'NO', { errors })]) {
      expect(Object.isFrozen(result)).to.equal(true)
    }
    expect(Object.isFrozen(ServiceResult.failure('No.', 'NO', { errors }).errors)).to.equal(true)
    expect(Object.isFrozen(errors)).to.equal(false)
  })

  it('turns an exception into a failure and back into the same exception', () => {
    const exception = new ConflictError('The row is not deleted.', { errorCode: 'NOT_DELETED' })
    const result = ServiceResult.from(exception)
    expect(result).to.deep.include({ error: 'The row is not deleted.', errorCode: 'NOT_DELETED' })
    expect(thrownBy(() => result.unwrap())).to.equal(exception)
    expect(ServiceResult.from(new NotFoundError(''))).to.deep.include({ error: 'NOT_FOUND', errorCode: 'NOT_FOUND' })
  })

  it('does not turn an unknown error into a failure', () => {
    const unknown = new RangeError('a bug')
    expect(thrownBy(() => ServiceResult.from(unknown))).to.equal(unknown)
  })

  it('keeps the names of properties that its message mentions, for whoever tells it', () => {
    const failed = ServiceResult.failure('The headLine is taken.', 'TAKEN', { names: ['headLine'] })
    expect(failed.names).to.deep.equal(['headLine'])
    expect(JSON.parse(JSON.stringify(failed))).to.deep.equal({
      success: false,
      error: 'The headLine is taken.',
      errorCode: 'TAKEN',
    })
    expect(thrownBy(() => failed.unwrap())).to.have.deep.property('names', ['headLine'])
    const exception = new ConflictError('The headLine is taken.', { names: ['headLine'] })
    expect(ServiceResult.from(exception).names).to.deep.equal(['headLine'])
    expect(ServiceResult.failure('No.').names).to.deep.equal([])
  })

  it('throws a failure of its own as a bad request with its code, errors and cause', () => {
    const cause = new Error('upstream')
    const errors = [{ header: 'If-Match', code: 'syntax', message: 'must be an entity tag' }]
    const thrown = thrownBy(() => ServiceResult.failure('No.', 'NO', { errors, cause }).unwrap())
    expect(thrown).to.be.instanceOf(FailureError).and.instanceOf(AppException)
    expect(thrown).to.deep.include({ message: 'No.', errorCode: 'NO', statusCode: 400, errors, cause })
  })
})
