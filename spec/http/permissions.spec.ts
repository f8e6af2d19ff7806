import { expect } from 'chai'
import * as fc from 'fast-check'
import { anyone, both, type Call, either, except, type Permission, role, rowRule, signedIn } from 'plinth'

const call = (roles?: readonly string[]): Call => ({ user: roles ? { id: 'u', roles } : null }) as unknown as Call
const answering = (answer: boolean): Permission<unknown> => ({ name: String(answer), allows: () => answer })
const later = (answer: boolean): Permission<unknown> => ({ name: 'later', allows: async () => answer })
const byRow = (answer: boolean): Permission<unknown> => rowRule('row', () => answer)
const byRowLater = (answer: boolean): Permission<unknown> => rowRule('row', async () => answer)
const answers = (permission: Permission<unknown>) => [call(), call([]), call(['admin'])].map(permission.allows)
const needs = (permission: Permission<unknown>) => Boolean(permission.needsRow)

async function asks(permission: Permission<unknown>): Promise<{ readonly answer: boolean; readonly sawRow: boolean }> {
  const decision = await permission.allows(call(['admin']))
  return typeof decision === 'function'
    ? { answer: await decision({}), sawRow: true }
    : { answer: decision, sawRow: false }
}

describe('Permissions', () => {
  it('know everybody, callers who are signed in, and roles', () => {
    expect(answers(anyone)).to.deep.equal([true, true, true])
    expect(answers(signedIn)).to.deep.equal([false, true, true])
    expect(answers(role('admin'))).to.deep.equal([false, false, true])
  })

  it('ask for a row where they are about rows', async () => {
    expect(await asks(byRow(true))).to.deep.equal({ answer: true, sawRow: true })
    expect(await asks(byRow(false))).to.deep.equal({ answer: false, sawRow: true })
  })

  it('ask for no row that would change nothing', async () => {
    expect(await asks(either(answering(true), byRow(false)))).to.deep.equal({ answer: true, sawRow: false })
    expect(await asks(either(byRow(false), answering(true)))).to.deep.equal({ answer: true, sawRow: false })
    expect(await asks(both(answering(false), byRow(true)))).to.deep.equal({ answer: false, sawRow: false })
    expect(await asks(both(byRow(true), answering(false)))).to.deep.equal({ answer: false, sawRow: false })
  })

  it('combine as in logic, whichever parts answer later or by row', async () => {
    const leaf = fc
      .tuple(fc.constantFrom(answering, later, byRow, byRowLater), fc.boolean())
      .map(([make, value]) => ({ permission: make(value), value }))
    const { tree } = fc.letrec<{ tree: { permission: Permission<unknown>; value: boolean } }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.tuple(tie('tree'), tie('tree')).map(([a, b]) => ({
          permission: either(a.permission, b.permission),
          value: a.value || b.value,
        })),
        fc.tuple(tie('tree'), tie('tree')).map(([a, b]) => ({
          permission: both(a.permission, b.permission),
          value: a.value && b.value,
        })),
        tie('tree').map(({ permission, value }) => ({ permission: except(permission), value: !value })),
      ),
    }))
    await fc.assert(
      fc.asyncProperty(tree, async ({ permission, value }) => {
        expect((await asks(permission)).answer).to.equal(value)
      }),
      { numRuns: 300 },
    )
  })

  it('say when they never decide without a row', () => {
    expect(needs(byRow(true))).to.equal(true)
    expect(needs(either(byRow(true), byRow(true)))).to.equal(true)
    expect(needs(either(byRow(true), signedIn))).to.equal(false)
    expect(needs(both(signedIn, byRow(true)))).to.equal(true)
    expect(needs(except(byRow(true)))).to.equal(true)
    expect(needs(anyone)).to.equal(false)
  })

  it('have names that tell what they are made of', () => {
    expect(either(role('admin'), both(signedIn, except(byRow(true)))).name).to.equal(
      'either(role(admin), both(signedIn, except(row)))',
    )
  })
})
