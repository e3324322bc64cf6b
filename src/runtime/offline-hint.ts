/** What may help, by what the network, TLS or the broker said. */
const HINTS: readonly (readonly [pattern: RegExp, hint: string])[] = [
  [
    /ECONNREFUSED/,
    "nothing listens there: is the broker running, and is this its port? `eddy demo` brings a broker of its own",
  ],
  [/ENOTFOUND|EAI_AGAIN/, "no host of that name is known: see --broker, or broker.url in the pipeline"],
  [/ETIMEDOUT|EHOSTUNREACH|ENETUNREACH/, "that host can't be reached: address, network, firewall?"],
  [
    /not authori[sz]ed|bad user ?name|bad password/i,
    "the broker wants a user name and password, or others: broker.username and broker.password-file in the pipeline, or EDDY_BROKER_USERNAME and EDDY_BROKER_PASSWORD",
  ],
  [
    /certificate|self.signed|unable to verify|ERR_TLS/i,
    "the broker's certificate is not trusted here: broker.ca names who vouches for it, and the address has to be the one it was made out to",
  ],
  [
    /wrong version number|EPROTO|packet length/i,
    "one side speaks TLS, the other doesn't: mqtts:// and port 8883 go together, mqtt:// and 1883",
  ],
  [
    /identifier rejected|client identifier/i,
    "the broker doesn't take Eddy's client id, which is the data directory's and the pipeline's name",
  ],
  [
    /no answer|timed? ?out|silent/i,
    "something listens there, but doesn't answer as a broker does: is this its MQTT port?",
  ],
];

/** Advice for whoever reads why a broker is away; empty if there is none. */
export function offlineHint(why: string): string {
  const [, hint] = HINTS.find(([pattern]) => pattern.test(why)) ?? [];
  return hint === undefined ? "" : ` (${hint})`;
}
