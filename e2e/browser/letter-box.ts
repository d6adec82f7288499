// The mails that an SMTP catcher took in, as somebody reads them who looks for a link.
import type { Catcher } from '../../mock-server/express/test/catcher.js'

/** Every link of every mail to somebody, the oldest first. */
export const linksTo = ({ caught }: Catcher, email: string): readonly string[] =>
  caught
    .filter(({ to }) => to.includes(email))
    .map(({ raw }) => raw.replaceAll('=\r\n', '').replaceAll('=3D', '='))
    .flatMap((raw) => raw.match(/https?:\/\/[^\s"<>]+/g) ?? [])

/** The link to a page in the newest mail to somebody, once it has come. */
export async function linkTo(mails: Catcher, email: string, page: string): Promise<string> {
  for (;;) {
    const link = linksTo(mails, email).findLast((each) => new URL(each).pathname === page)
    if (link !== undefined) return link
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
