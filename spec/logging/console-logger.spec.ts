import { expect } from 'chai'
import { consoleLogger, silentLogger } from 'plinth'

const instant = new Date('2026-02-03T04:05:06.789Z')
const clock = { now: () => instant }

function recorder(level?: 'debug' | 'warn') {
  const lines: string[] = []
  const logger = consoleLogger({ clock, write: (line) => lines.push(line), ...(level && { level }) })
  return { lines, logger }
}

describe('consoleLogger', () => {
  it('writes one line of JSON for each record', () => {
    const { lines, logger } = recorder()
    logger.info('started', { port: 3000 })
    expect(lines).to.deep.equal([
      '{"time":"2026-02-03T04:05:06.789Z","level":"info","message":"started","port":3000}\n',
    ])
  })

  it('leaves out what is below its level', () => {
    const { lines, logger } = recorder('warn')
    for (const level of ['debug', 'info', 'warn', 'error'] as const) logger[level](level)
    expect(lines.map((line) => JSON.parse(line).level)).to.deep.equal(['warn', 'error'])
    const untold = recorder()
    for (const level of ['debug', 'info', 'warn', 'error'] as const) untold.logger[level](level)
    expect(untold.lines.map((line) => JSON.parse(line).level)).to.deep.equal(['info', 'warn', 'error'])
  })

  it('gives the records of a child its fields, the nearest winning', () => {
    const { lines, logger } = recorder()
    logger.child({ service: 'Cities', request: 'a' }).child({ request: 'b' }).info('hello', { rows: 2 })
    expect(JSON.parse(lines[0]!)).to.include({ service: 'Cities', request: 'b', rows: 2 })
  })

  it('writes nothing that a terminal obeys, or takes for the end of a line', () => {
    const { lines, logger } = recorder()
    const hostile = '\u001b[31m \u009b31m \u007f \u0085 \u2028 \u2029 \u202e \u2066'
    logger.info(hostile, { [hostile]: hostile })
    expect(lines[0]).to.match(/^[\x20-\x7e]+\n$/)
    expect(JSON.parse(lines[0]!)).to.include({ message: hostile, [hostile]: hostile })
  })

  it('keeps a record in one line, and its own members from being replaced', () => {
    const { lines, logger } = recorder()
    logger.info('a\r\n{"level":"error"}', { message: 'no', level: 'no', time: 'no', name: 'b\nc' })
    expect(lines).to.have.length(1)
    expect(lines[0]!.indexOf('\n')).to.equal(lines[0]!.length - 1)
    expect(JSON.parse(lines[0]!)).to.deep.equal({
      time: instant.toISOString(),
      level: 'info',
      message: 'a\r\n{"level":"error"}',
      name: 'b\nc',
    })
  })

  it('writes errors with their causes', () => {
    const { lines, logger } = recorder()
    logger.error('failed', { error: new TypeError('outer', { cause: new Error('inner') }) })
    const { error } = JSON.parse(lines[0]!)
    expect(error).to.include({ name: 'TypeError', message: 'outer' })
    expect(error.stack).to.contain('console-logger.spec')
    expect(error.cause).to.include({ name: 'Error', message: 'inner' })
  })

  it('writes what JSON has no word for, and whether there is a secret', () => {
    const { lines, logger } = recorder()
    const fields = {
      symbol: Symbol('a'),
      list: [undefined, 1n],
      nothing: undefined,
      call: () => 1,
      error: new Error('b'),
    }
    const secrets = { password: null, token: undefined, secret: false, pin: 0, cookie: '', session: { a: 1 } }
    logger.info('x', { ...fields, ...secrets, inside: secrets })
    const { error, ...written } = JSON.parse(lines[0]!)
    const shown = { password: null, secret: false, pin: '[redacted]', cookie: '[redacted]', session: '[redacted]' }
    expect(written).to.deep.equal({
      time: instant.toISOString(),
      level: 'info',
      message: 'x',
      symbol: 'Symbol(a)',
      list: [null, '1'],
      ...shown,
      inside: shown,
    })
    expect(Object.keys(error)).to.deep.equal(['name', 'message', 'stack'])
  })

  it('never throws, and keeps the fields that can be written', () => {
    const { lines, logger } = recorder()
    const circle: Record<string, unknown> = {}
    circle['self'] = circle
    const fields = {
      circle,
      count: 12n,
      get broken(): string {
        throw new RangeError('no')
      },
      good: 1,
    }
    logger.info('odd', fields)
    expect(JSON.parse(lines[0]!)).to.include({
      message: 'odd',
      circle: '[unreadable: TypeError]',
      count: '12',
      broken: '[unreadable: RangeError]',
      good: 1,
    })
    const broken = consoleLogger({
      write: () => {
        throw new Error('disk full')
      },
    })
    broken.error('unseen')
  })
})

describe('silentLogger', () => {
  it('writes nothing and is its own child', () => {
    silentLogger.error('nobody hears this')
    expect(silentLogger.child({ request: 'a' })).to.equal(silentLogger)
  })
})
