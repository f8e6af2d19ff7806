import { expect } from 'chai'
import { pino } from 'pino'
import { consoleLogger, contextLogger, pinoLogger, runTraced, silentLogger } from 'plinth'
import { checkLogger } from 'plinth/testing'

type Line = Readonly<Record<string, unknown>>

function pinoRecorder(options: { readonly level?: string } = {}) {
  const lines: string[] = []
  const logger = pinoLogger(pino({ level: 'debug', ...options }, { write: (line: string) => void lines.push(line) }))
  return { logger, lines, records: () => lines.map((line) => JSON.parse(line) as Line) }
}

describe('pinoLogger', () => {
  it('keeps the rules of loggers', () =>
    checkLogger({
      create: () => {
        const { logger, records } = pinoRecorder()
        const levels: Readonly<Record<string, string>> = { 20: 'debug', 30: 'info', 40: 'warn', 50: 'error' }
        return {
          logger,
          records: () =>
            records().map(({ level, msg, ...fields }) => ({
              level: levels[String(level)]!,
              message: String(msg),
              fields,
            })),
        }
      },
    }))

  it('writes the lines of pino', () => {
    const { logger, records } = pinoRecorder()
    logger.child({ service: 'Cities' }).info('hello', { rows: 2, level: 'no', msg: 'no', time: 'no' })
    const [record] = records()
    expect(record).to.include({
      level: 30,
      msg: 'hello',
      service: 'Cities',
      rows: 2,
      _level: 'no',
      _msg: 'no',
      _time: 'no',
    })
    expect(record?.['time']).to.be.a('number')
    logger.info('bare')
    expect(Object.keys(records()[1]!)).to.have.members(['level', 'time', 'pid', 'hostname', 'msg'])
  })

  it('writes each field once, the nearest', () => {
    const { logger, lines } = pinoRecorder()
    logger.child({ request: 'a' }).child({ request: 'b' }).info('x', { request: 'c' })
    expect(lines[0]!.match(/"request"/g)).to.have.length(1)
    expect(lines[0]).to.contain('"request":"c"')
  })

  it('leaves to pino what is below its level', () => {
    const { logger, lines } = pinoRecorder({ level: 'warn' })
    let read = 0
    const fields = {
      get costly(): number {
        return (read += 1)
      },
    }
    logger.info('unseen', fields)
    expect([lines.length, read]).to.deep.equal([0, 0])
  })

  it('asks what has no levels for none', () => {
    const heard: unknown[] = []
    const [debug, info, warn, error] = ['debug', 'info', 'warn', 'error'].map(
      (level) => (fields: object, message: string) => void heard.push([level, fields, message]),
    )
    pinoLogger({ debug: debug!, info: info!, warn: warn!, error: error! }).warn('a', { b: 1 })
    expect(heard).to.deep.equal([['warn', { b: 1 }, 'a']])
  })

  it('never throws, whatever becomes of its stream', () => {
    const logger = pinoLogger(
      pino(
        {},
        {
          write: () => {
            throw new Error('disk full')
          },
        },
      ),
    )
    logger.error('unseen')
  })
})

describe('consoleLogger', () => {
  it('keeps the rules of loggers', () =>
    checkLogger({
      create: () => {
        const lines: string[] = []
        return {
          logger: consoleLogger({ level: 'debug', write: (line) => void lines.push(line) }),
          records: () =>
            lines.map((line) => {
              const { level, message, ...fields } = JSON.parse(line) as Line
              return { level: String(level), message: String(message), fields }
            }),
        }
      },
    }))
})

describe('contextLogger', () => {
  it('adds what is known of what runs, and what a record says itself wins', () => {
    const { logger, records } = pinoRecorder()
    const contextual = contextLogger(logger)
    contextual.info('outside')
    runTraced(() => contextual.child({ service: 'Cities' }).info('inside', { spanId: 'mine' }), {
      traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    })
    const [outside, inside] = records()
    expect(outside).to.not.have.property('traceId')
    expect(inside).to.include({ traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: 'mine', service: 'Cities' })
  })

  it('has every level', () => {
    const { logger, records } = pinoRecorder()
    const contextual = contextLogger(logger)
    runTraced(() => {
      for (const level of ['debug', 'info', 'warn', 'error'] as const) contextual[level](level)
    })
    expect(records().map(({ level, msg }) => [level, msg])).to.deep.equal([
      [20, 'debug'],
      [30, 'info'],
      [40, 'warn'],
      [50, 'error'],
    ])
    expect(records().every(({ traceId }) => typeof traceId === 'string')).to.equal(true)
  })

  it('is made once', () => {
    const contextual = contextLogger(silentLogger)
    expect(contextLogger(contextual)).to.equal(contextual)
  })
})
