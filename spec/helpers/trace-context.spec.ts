import { expect } from 'chai'
import {
  currentTrace,
  parseTraceparent,
  parseTracestate,
  runInContext,
  runTraced,
  traceContextOf,
  traceHeaders,
} from 'plinth'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const parentId = '00f067aa0ba902b7'
const header = `00-${traceId}-${parentId}-01`

describe('parseTraceparent', () => {
  it('reads what is well-formed', () => {
    expect(parseTraceparent(header)).to.deep.equal({ traceId, parentId, sampled: true })
    expect(parseTraceparent(`00-${traceId}-${parentId}-00`)?.sampled).to.equal(false)
    expect(parseTraceparent(`00-${traceId}-${parentId}-fe`)?.sampled).to.equal(false)
    expect(parseTraceparent(`00-${traceId}-${parentId}-ff`)?.sampled).to.equal(true)
  })

  it('reads what it knows of versions to come', () => {
    for (const text of [`01-${traceId}-${parentId}-01`, `cc-${traceId}-${parentId}-01-what-comes`]) {
      expect(parseTraceparent(text), text).to.deep.equal({ traceId, parentId, sampled: true })
    }
  })

  it('reads ids that begin or end with zeros', () => {
    const zeros = { traceId: `00${traceId.slice(4)}00`, parentId: `00${parentId.slice(4)}00` }
    expect(parseTraceparent(`00-${zeros.traceId}-${zeros.parentId}-01`)).to.deep.equal({ ...zeros, sampled: true })
  })

  it('reads 512 characters at most', () => {
    const first = `cc-${traceId}-${parentId}-01-`
    expect(parseTraceparent(first.padEnd(512, 'x'))).to.deep.equal({ traceId, parentId, sampled: true })
    expect(parseTraceparent(first.padEnd(513, 'x'))).to.equal(undefined)
  })

  const malformed = [
    '',
    'x',
    header.slice(0, -1),
    `${header}0`,
    `${header}-`,
    `${header}-more`,
    `${header} `,
    ` ${header}`,
    `${header}, ${header}`,
    header.toUpperCase(),
    `ff-${traceId}-${parentId}-01`,
    `0-${traceId}-${parentId}-01`,
    `00-${'0'.repeat(32)}-${parentId}-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `00-${traceId}${parentId}-01`,
    `00-${traceId.slice(1)}-${parentId}-01`,
    `00-${traceId}-${parentId}0-01`,
    `00-${traceId}-${parentId}-0g`,
    `00-${traceId}-${parentId}-.1`,
    `00-${traceId.replace('4', 'é')}-${parentId}-01`,
    `cc-${traceId}-${parentId}-01what`,
    `cc-${traceId}-${parentId}-01-${'x'.repeat(1000)}`,
  ]
  for (const text of malformed) {
    it(`refuses ${JSON.stringify(text.slice(0, 80))}`, () => {
      expect(parseTraceparent(text)).to.equal(undefined)
    })
  }
})

describe('parseTracestate', () => {
  it('passes on what is well-formed, without blanks', () => {
    expect(parseTracestate('a=1')).to.equal('a=1')
    expect(parseTracestate(' a=1 ,\tb=2\t, ,c=x y')).to.equal('a=1,b=2,c=x y')
    expect(parseTracestate('0tenant@system=1,a/b*c_d-e=!"#')).to.equal('0tenant@system=1,a/b*c_d-e=!"#')
    const full = Array.from({ length: 32 }, (_, index) => `k${index}=v`).join(',')
    expect(parseTracestate(full)).to.equal(full)
    const members = Array.from({ length: 15 }, (_, index) => `k${index}=${'v'.repeat(256)}`).join(',')
    const long = members.padStart(4096)
    expect(parseTracestate(long)).to.equal(members)
    expect(parseTracestate(` ${long}`)).to.equal(undefined)
  })

  const malformed = [
    '',
    ',',
    'a',
    'a=',
    '=1',
    'A=1',
    'a =1',
    'a=1,a=2',
    'a=b=c',
    'a=1,b',
    'A=1,b=2',
    ' \t ',
    'a=\u0000',
    'a=ü',
    '1a=1',
    'a@=1',
    '@a=1',
    `${'a'.repeat(257)}=1`,
    `a=${'v'.repeat(257)}`,
    `${'a'.repeat(242)}@s=1`,
    `t@${'s'.repeat(15)}=1`,
    Array.from({ length: 33 }, (_, index) => `k${index}=v`).join(','),
    `a=${'v'.repeat(5000)}`,
  ]
  for (const text of malformed) {
    it(`drops ${JSON.stringify(text.slice(0, 60))}`, () => {
      expect(parseTracestate(text)).to.equal(undefined)
    })
  }
})

describe('Traces', () => {
  it('are continued by a part of their own', () => {
    const trace = traceContextOf({ traceparent: header, tracestate: 'a=1, b=2' })
    expect(trace).to.deep.include({ traceId, parentId, sampled: true, state: 'a=1,b=2' })
    expect(trace.spanId)
      .to.match(/^[\da-f]{16}$/)
      .and.not.equal(parentId)
    expect(traceHeaders(trace)).to.deep.equal({
      traceparent: `00-${traceId}-${trace.spanId}-01`,
      tracestate: 'a=1,b=2',
    })
  })

  it('begin where none is named, and drop the state of what is malformed', () => {
    for (const headers of [{}, { traceparent: 'x', tracestate: 'a=1' }, { tracestate: 'a=1' }]) {
      const trace = traceContextOf(headers)
      expect(Object.keys(trace)).to.have.members(['traceId', 'spanId', 'sampled'])
      expect(parseTraceparent(traceHeaders(trace)['traceparent'])).to.deep.equal({
        traceId: trace.traceId,
        parentId: trace.spanId,
        sampled: false,
      })
    }
    expect(traceContextOf({ traceparent: header, tracestate: 'A=1' })).to.not.have.property('state')
    expect(traceContextOf({ traceparent: header, tracestate: ['a=1', 'b=2'] }).state).to.equal('a=1,b=2')
    expect(traceContextOf({ traceparent: [header] }).traceId).to.equal(traceId)
    expect(traceHeaders({ traceId, spanId: parentId, sampled: true })).to.deep.equal({ traceparent: header })
    expect(traceContextOf({ traceparent: [header, header] }).traceId).to.not.equal(traceId)
  })

  it('are those of what runs', async () => {
    expect([currentTrace(), traceHeaders()]).to.deep.equal([undefined, {}])
    const [one, other] = await Promise.all(
      [{ traceparent: header }, undefined].map((headers) =>
        runTraced(async () => {
          await Promise.resolve()
          return runInContext(() => currentTrace())
        }, headers),
      ),
    )
    expect(one?.traceId).to.equal(traceId)
    expect(other?.traceId).to.not.equal(traceId)
    expect(currentTrace()).to.equal(undefined)
  })
})
