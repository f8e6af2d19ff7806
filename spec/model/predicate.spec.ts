import { expect } from 'chai'
import {
  all,
  any,
  contextVariable,
  eq,
  gt,
  gte,
  isNull,
  lt,
  lte,
  matches,
  matching,
  ne,
  not,
  oneOf,
  PermissionDeniedError,
  type Predicate,
  type RowData,
} from 'plinth'

const early = new Date('2026-01-01T00:00:00.000Z')
const late = new Date('2026-01-01T00:00:00.001Z')

describe('matches', () => {
  const cases: readonly (readonly [string, Predicate, RowData, boolean])[] = [
    ['equal numbers', eq('n', 1), { n: 1 }, true],
    ['a number and its text', eq('n', 1), { n: '1' }, false],
    ['null equals nothing', eq('n', 1), { n: null }, false],
    ['an absent property counts as null', isNull('n'), {}, true],
    ['null differs from everything', ne('n', 1), { n: null }, true],
    ['not equal is the negation of equal for null too', not(eq('n', 1)), { n: null }, true],
    ['nothing is less than null', lt('n', 1), { n: null }, false],
    ['the negation of less is true of null', not(lt('n', 1)), { n: null }, true],
    ['less', lt('n', 2), { n: 1 }, true],
    ['less or equal', lte('n', 1), { n: 1 }, true],
    ['greater', gt('n', 1), { n: 1 }, false],
    ['greater or equal', gte('n', 1), { n: 1 }, true],
    ['instants by their time', eq('at', new Date(early)), { at: new Date(early) }, true],
    ['instants a millisecond apart', lt('at', late), { at: early }, true],
    ['one of', oneOf('s', ['a', 'b']), { s: 'b' }, true],
    ['one of nothing', oneOf('s', []), { s: 'b' }, false],
    ['all of nothing', all(), {}, true],
    ['any of nothing', any(), {}, false],
    ['all', all(eq('a', 1), eq('b', 2)), { a: 1, b: 3 }, false],
    ['any', any(eq('a', 1), eq('b', 2)), { a: 1, b: 3 }, true],
    ['matching values', matching({ a: 1, b: null }), { a: 1, b: null }, true],
    ['matching values where null is expected', matching({ a: 1, b: null }), { a: 1, b: 0 }, false],
    ['nested negation', not(any(isNull('a'), not(eq('b', 'x')))), { a: 1, b: 'x' }, true],
  ]

  for (const [title, predicate, row, expected] of cases) {
    it(`${title}: ${expected}`, () => expect(matches(predicate, row)).to.equal(expected))
  }

  it('reads a context variable each time', () => {
    const tenant = contextVariable<string>('tenant')
    const own = eq('tenantId', tenant)
    expect(tenant.run('acme', () => matches(own, { tenantId: 'acme' }))).to.equal(true)
    expect(tenant.run('other', () => matches(own, { tenantId: 'acme' }))).to.equal(false)
  })

  it('refuses to compare with a context variable that has no value', () => {
    const tenant = contextVariable<string>('tenant')
    expect(() => matches(eq('tenantId', tenant), { tenantId: 'acme' }))
      .to.throw(PermissionDeniedError, 'There is no "tenant" in this context.')
      .with.property('errorCode', 'CONTEXT_MISSING')
  })
})
