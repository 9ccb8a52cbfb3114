# Asks, and asks again while the daemon refuses the answer. It is part of the config and the postinst script: when the
# former runs before the package is unpacked there is no daemon yet, and the latter asks again what it refuses.
answers=/usr/lib/$package/answers

# $1 question, $2 priority
ask() {
  priority=$2
  while :; do
    shown=true
    db_input "$priority" "$package/$1" || shown=false
    db_go || true
    [ -x "$answers" ] || return 0
    db_get "$package/$1"
    if reason=$("$answers" "$package" refuse "$1" "$RET" < /dev/null); then return 0; fi
    # Nobody is there to answer, not even what is critical: what becomes of it is said later.
    if [ "$shown" = false ] && [ "$priority" = critical ]; then return 0; fi
    priority=critical
    db_subst "$package/refused" answer "$RET"
    db_subst "$package/refused" reason "$reason"
    db_fset "$package/refused" seen false
    db_input critical "$package/refused" || true
    db_fset "$package/$1" seen false
  done
}

answer_of() {
  db_get "$package/$1"
  printf '%s' "$RET"
}
