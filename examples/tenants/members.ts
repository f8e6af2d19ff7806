import { type Call, hashString, ModelDataSource, type User, type UserProvider, withCapability } from 'plinth'
import { injectable } from 'tsyringe'
import { everyTenant, Member, tenant } from './models.js'

@injectable()
export class Members implements UserProvider {
  constructor(private readonly dataSource: ModelDataSource) {}

  async userOf(call: Call): Promise<User | null> {
    const token = /^Bearer (\S+)$/.exec(call.header('authorization') ?? '')?.[1]
    if (token === undefined) return null
    const members = this.dataSource.getRepository(Member)
    const tokenHash = hashString(token)
    const member = await withCapability(everyTenant, () => members.findOneBy({ tokenHash }))
    if (!member) return null
    tenant.set(member.tenantId)
    return { id: member.id, roles: [member.role] }
  }
}
