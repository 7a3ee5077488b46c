// A certified provider (panva's oidc-provider) on 127.0.0.1, told everything by one JSON document in its environment:
// port, keys (private JWKs, the first one signs), resource, audience, clients. Anybody signs in by typing a name.
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const { port, keys, resource, audience, clients } = JSON.parse(process.env.OIDC_PROVIDER);
const hour = 3600;

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: clients.map((client) => ({
    grant_types: ["authorization_code"],
    response_types: ["code"],
    token_endpoint_auth_method: "none",
    subject_type: "pairwise",
    ...client,
  })),
  jwks: { keys },
  cookies: { keys: ["a key for tests only"] },
  subjectTypes: ["public", "pairwise"],
  // The same person is somebody else in another sector, which is the host of a client's addresses or its sector_identifier_uri.
  pairwiseIdentifier: (ctx, account, client) =>
    createHash("sha256").update(`${client.sectorIdentifier} ${account} salt`).digest("hex"),
  findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id, name: `Tài khoản ${id}`, email: `${id}@example.vn` }) }),
  claims: { openid: ["sub"], profile: ["name"], email: ["email"] },
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  ttl: { AccessToken: hour, IdToken: hour, Grant: hour, Session: hour, Interaction: hour },
  features: {
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: () => ({ scope: "", audience, accessTokenFormat: "jwt", accessTokenTTL: hour, jwt: { sign: { alg: "RS256" } } }),
    },
  },
});

provider.on("server_error", (ctx, error) => console.error(error));
createServer(provider.callback()).listen(port, "127.0.0.1", () => console.log(`ready, for ${resource}`));
