import { expect } from 'chai'
import { ValidationError as Complaint, IsEmail, IsString, Matches, MinLength } from 'class-validator'
import {
  AppException,
  anyone,
  type Call,
  ConflictError,
  ExternalServiceError,
  type Logger,
  NotFoundError,
  type Problem,
  RateLimitedError,
  Reply,
  ServiceResult,
  ServiceUnavailableError,
  silentLogger,
  ValidationError,
  ViewSet,
} from 'plinth'
import { Action, Allow, Resource } from 'plinth/decorators'
import {
  Body,
  ForbiddenError,
  Get,
  HeaderParam,
  InternalServerError,
  MethodNotAllowedError,
  Param,
  Post,
  QueryParam,
} from 'routing-controllers'
import { QueryFailedError } from 'typeorm'
import { describeOnDrivers, type Service } from '../support/http.js'

class SignUp {
  @IsEmail() email!: string
  @MinLength(12) @IsString() password!: string
  @Matches(/^\d+$/) pin!: string
}

const secret = 'c4n4ry'
const titles: Readonly<Record<string, string>> = {
  BANK_FAILED: 'Bank failed',
  SERVICE_UNAVAILABLE: 'Service unavailable',
}
let thrown: unknown

function complaint(
  property: string,
  constraints: Readonly<Record<string, string>>,
  children: Complaint[] = [],
): Complaint {
  return Object.assign(new Complaint(), {
    property,
    constraints,
    children,
    target: { password: secret },
    value: secret,
  })
}

/** What an attempt throws. */
function attempt(work: () => unknown): unknown {
  try {
    return work()
  } catch (error) {
    return error
  }
}

@Resource('/errors')
class ErrorViewSet extends ViewSet {
  @Action({ method: 'get', on: 'collection', path: 'own', allow: anyone, problems: { INTERNAL_SERVER_ERROR: 500 } })
  own(_call: Call<undefined, object>): Reply {
    throw thrown
  }

  @Get('/native')
  @Allow(anyone)
  native(): never {
    throw thrown
  }

  @Get('/native/:id')
  @Allow(anyone)
  inputs(
    @Param('id') id: number,
    @QueryParam('n', { required: true }) n: number,
    @HeaderParam('x-n') header: number,
  ): unknown {
    return { id, n, header }
  }

  @Post('/sign-up')
  @Allow(anyone)
  signUp(@Body() body: SignUp): unknown {
    return body
  }

  @Action({ method: 'post', on: 'collection', path: 'sign-in', body: SignUp, allow: anyone })
  signIn(_call: Call<SignUp, object>): Reply {
    return Reply.empty()
  }
}

const logged: { readonly message: string; readonly fields: unknown }[] = []
const logger: Logger = {
  ...silentLogger,
  error: (message, fields) => void logged.push({ message, fields }),
}

describeOnDrivers('A problem document', ({ serve }) => {
  let service: Service

  before(async () => {
    service = await serve({ viewSets: [ErrorViewSet], logger, problems: { typeBase: 'https://errors.test/' } })
  })
  after(() => service.close())
  beforeEach(() => void logged.splice(0))

  const problemOf = async (error: unknown, path = '/errors/own'): Promise<Problem> => {
    thrown = error
    const answer = await service.ask('GET', path, { headers: { 'x-request-id': 'r' } })
    expect(answer.headers.get('content-type')).to.equal('application/problem+json; charset=utf-8')
    expect(answer.headers.get('cache-control')).to.equal('no-store')
    const problem = answer.json as Problem
    expect(problem.status).to.equal(answer.status)
    return problem
  }

  const headersOf = async (error: unknown): Promise<Headers> => {
    thrown = error
    return (await service.ask('GET', '/errors/native')).headers
  }

  it('tells what an exception tells', async () => {
    const errors = [{ pointer: '#/slug', code: 'unique', message: 'is taken', params: { by: '7' } }]
    const error = new ConflictError('The slug is taken.', { errorCode: 'SLUG_TAKEN', errors, details: { liveId: '7' } })
    expect(await problemOf(error)).to.deep.equal({
      type: 'https://errors.test/slug_taken',
      title: 'Slug taken',
      status: 409,
      code: 'SLUG_TAKEN',
      detail: 'The slug is taken.',
      instance: '/errors/own',
      requestId: 'r',
      errors,
      details: { liveId: '7' },
    })
    expect(logged).to.deep.equal([])
  })

  it('gives callers what an exception has for them in place of its message and details', async () => {
    const headers = { 'x-lot': '7' }
    const options = { errorCode: 'OPEN', details: { ids: [secret] }, headers }
    const silent = await problemOf(
      new ConflictError(`Order ${secret} is open.`, { ...options, told: { message: 'One is open.' } }),
    )
    expect(silent).to.deep.include({ status: 409, code: 'OPEN', detail: 'One is open.' })
    expect(silent).to.not.have.property('details')
    const counted = await problemOf(new ConflictError('Two are open.', { ...options, told: { details: { open: 2 } } }))
    expect(counted).to.deep.include({ detail: 'Two are open.', details: { open: 2 } })
    expect(JSON.stringify([silent, counted])).to.not.contain(secret)
  })

  it('names the limits that were exceeded, whatever callers are told of them', async () => {
    const given = { policies: ['api', 'burst'], details: { key: secret, retryAfter: 9 } }
    for (const [told, expected] of [
      [{ message: 'That was too often.' }, { detail: 'That was too often.' }],
      [
        { message: 'That was too often.', details: { left: 0 } },
        { detail: 'That was too often.', details: { left: 0 } },
      ],
    ] as const) {
      const problem = await problemOf(new RateLimitedError(`${secret} asked too often.`, { ...given, told }))
      expect(problem).to.deep.equal({
        type: 'https://iana.org/assignments/http-problem-types#quota-exceeded',
        title: 'Rate limited',
        status: 429,
        code: 'RATE_LIMITED',
        instance: '/errors/own',
        requestId: 'r',
        'violated-policies': ['api', 'burst'],
        ...expected,
      })
      const failed = ServiceResult.from(new RateLimitedError(`${secret} asked too often.`, { ...given, told }))
      const unwrapped = await problemOf(attempt(() => failed.unwrap()))
      expect(unwrapped).to.deep.equal(problem)
      expect((await headersOf(attempt(() => failed.unwrap()))).get('retry-after')).to.equal('9')
    }
  })

  it('has at most 100 errors, and only the members they may have', async () => {
    const errors = Array.from({ length: 150 }, () => ({ pointer: '#/a', code: 'c', message: 'm', value: secret }))
    const problem = await problemOf(new ValidationError('Many.', { errors }))
    expect(problem.errors).to.deep.equal(
      Array.from({ length: 100 }, () => ({ pointer: '#/a', code: 'c', message: 'm' })),
    )
  })

  it('survives what JSON cannot hold, and a status that is none', async () => {
    class Odd extends AppException {
      static override readonly statusCode = 42
    }
    const odd = await problemOf(new Odd('Odd.', { told: { details: { big: 5n } } }))
    expect(odd).to.deep.include({ status: 500, detail: 'Odd.' }).and.not.have.property('details')
    expect(await problemOf(new Odd('Odd.')))
      .to.include({ status: 500 })
      .and.not.have.property('detail')
  })

  it('is the same for an action of plinth and a native one', async () => {
    for (const error of [new NotFoundError('No.'), new ForbiddenError('No.'), new Error('x'), 'text', null]) {
      const [own, native] = [await problemOf(error), await problemOf(error, '/errors/native')]
      expect({ ...native, instance: '' }).to.deep.equal({ ...own, instance: '' })
    }
  })

  it('tells nothing of an error that was not meant for callers, which is logged', async () => {
    const query = new QueryFailedError('SELECT c4n4ry', [secret], new Error(`duplicate ${secret}`))
    for (const error of [
      new Error(secret),
      new TypeError(secret),
      secret,
      { secret },
      query,
      new InternalServerError(secret),
    ]) {
      const problem = await problemOf(error)
      expect(problem.status).to.equal(500)
      expect(problem).to.not.have.any.keys('detail', 'errors', 'details')
      expect(JSON.stringify(problem)).to.not.contain(secret)
    }
    expect(logged).to.have.length(6)
    expect(logged[0]!.fields).to.deep.include({ requestId: 'r', method: 'GET', path: '/errors/own' })
    expect((logged[0]!.fields as { error: Error }).error.message).to.equal(secret)
  })

  it('tells no more than the code of what the application has to answer for, and the log the rest', async () => {
    const cause = new Error(`connect ECONNREFUSED ${secret}`)
    const errors = [{ pointer: '#/iban', code: 'bank', message: secret }]
    for (const failed of [
      new ExternalServiceError(secret, { errorCode: 'BANK_FAILED', errors, details: { host: secret }, cause }),
      new ServiceUnavailableError(secret, { errors, details: { host: secret, retryAfter: 30 }, cause }),
    ]) {
      const { statusCode: status, errorCode: code } = failed
      for (const path of ['/errors/own', '/errors/native']) {
        const { type, title, ...rest } = await problemOf(failed, path)
        expect([type, title]).to.deep.equal([`https://errors.test/${code.toLowerCase()}`, titles[code]])
        expect(rest).to.deep.equal({ status, code, instance: path, requestId: 'r' })
        expect(logged.splice(0).map(({ fields }) => (fields as { error: unknown }).error)).to.deep.equal([failed])
      }
    }
  })

  it('tells of it what the exception says that callers are told, and when to try again', async () => {
    const cause = new Error(secret)
    const options = { details: { host: secret, retryAfter: 30 }, cause }
    for (const [told, expected] of [
      [{ message: 'The bank is closed.' }, { detail: 'The bank is closed.' }],
      [
        { message: 'It is closed.', details: { opens: 9 } },
        { detail: 'It is closed.', details: { opens: 9 } },
      ],
      [{}, { detail: 'Closed.' }],
    ] as const) {
      const failed = new ServiceUnavailableError('Closed.', { ...options, told })
      expect((await headersOf(failed)).get('retry-after')).to.equal('30')
      logged.splice(0)
      const { type: _type, title: _title, ...rest } = await problemOf(failed)
      const own = { status: 503, code: 'SERVICE_UNAVAILABLE', instance: '/errors/own', requestId: 'r' }
      expect(rest).to.deep.equal({ ...own, ...expected })
      expect(logged.splice(0).map(({ fields }) => (fields as { error: unknown }).error)).to.deep.equal([failed])
    }
  })

  it('tells the complaints of class-validator without what they complain of', async () => {
    const nested = complaint('author', {}, [complaint('0', {}, [complaint('a/b', { isInt: 'must be an integer' })])])
    const long = complaint('x'.repeat(100), { whitelistValidation: `property ${'x'.repeat(100)} should not exist` })
    const problem = await problemOf([nested, long])
    expect(problem).to.deep.include({ status: 400, code: 'VALIDATION_ERROR', detail: '2 values are not valid.' })
    expect(problem.errors).to.deep.equal([
      { pointer: '#/author/0/a~1b', code: 'isInt', message: 'must be an integer' },
      { pointer: `#/${'x'.repeat(64)}`, code: 'unknown_field', message: 'is not known here' },
    ])
    expect(JSON.stringify(problem)).to.not.contain(secret)
  })

  it('has the headers its status requires', async () => {
    for (const error of [new ServiceUnavailableError('Later.'), new RateLimitedError('Later.')]) {
      expect((await headersOf(error)).get('retry-after')).to.equal('1')
    }
    for (const options of [{ headers: { 'retry-after': '60' } }, { details: { retryAfter: 59.5 } }]) {
      expect((await headersOf(new ServiceUnavailableError('Later.', options))).get('retry-after')).to.equal('60')
    }
    expect((await headersOf(new MethodNotAllowedError())).get('allow')).to.equal('GET, HEAD, OPTIONS')
  })

  it('leaves headers out that HTTP cannot carry', async () => {
    const problem = await problemOf(new ConflictError('No.', { headers: { 'x-note': 'a\r\nb: c' } }))
    expect([problem.status, logged.length]).to.deep.equal([409, 1])
  })

  it('never holds what was sent', async () => {
    const sent = { email: secret, password: secret, pin: secret, [`${secret}x`]: secret, nested: { deep: [secret] } }
    const asked = `/errors/native/${secret}?n=${secret}&${secret}=1`
    const answers = [
      await service.ask('GET', asked, { headers: { 'x-n': secret, cookie: `a=${secret}`, authorization: secret } }),
      await service.send('POST', '/errors/sign-up', sent, { 'x-n': secret }),
      await service.send('POST', '/errors/sign-in', sent),
      await service.ask('POST', '/errors/sign-up', {
        body: `{"a":${secret}`,
        headers: { 'content-type': 'application/json' },
      }),
      await service.ask('POST', '/errors/sign-up', { body: secret, headers: { 'content-type': `text/${secret}` } }),
    ]
    expect(answers.map(({ status }) => status)).to.deep.equal([400, 400, 400, 400, 415])
    for (const { json } of answers) {
      const { instance: _, errors = [], ...rest } = json as Problem
      expect(JSON.stringify(rest)).to.not.contain(secret)
      // The name of a member nobody knows is told, for whoever sent it to find it; its value is not.
      const told = errors.filter(({ pointer }) => pointer !== `#/${secret}x`)
      expect(JSON.stringify(told)).to.not.contain(secret)
    }
  })
})
