#!/bin/bash
# Boots the Debian in $1, a layer above it in memory, as the process 1 of its own namespaces. $2 is an empty folder, $3 one
# with packages. The network namespace is the caller's, and so is the cgroup, which is to be one of its own: once "$2.go" is
# there, it is.
set -e
until [ -e "$2.go" ]; do sleep 0.02; done
exec unshare --mount --pid --ipc --uts --cgroup --fork --kill-child bash -e -s "$1" "$2" "$3" <<'INSIDE'
mount -t tmpfs tmpfs "$2"
mkdir "$2/upper" "$2/work" "$2/root"
mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" "$2/root"
cd "$2/root"
mkdir -p debs
mount --bind "$3" debs
mount -t proc proc proc
# Of the kernel's parameters only those of the network are this namespace's own.
mount --bind proc/sys proc/sys
mount --bind proc/sys/net proc/sys/net
mount -o remount,bind,ro proc/sys
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs tmpfs run
mount -t tmpfs -o mode=755 tmpfs dev
mkdir dev/net dev/pts dev/shm
for device in "null 1 3" "zero 1 5" "full 1 7" "random 1 8" "urandom 1 9" "tty 5 0" "net/tun 10 200"; do
  set -- "$@" && read -r name major minor <<< "$device" && mknod -m 666 "dev/$name" c "$major" "$minor"
done
mount -t devpts -o newinstance,ptmxmode=666 devpts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
for unit in getty.target systemd-udevd.service systemd-udev-trigger.service systemd-udevd-control.socket \
  systemd-udevd-kernel.socket systemd-networkd.service systemd-sysctl.service systemd-modules-load.service \
  systemd-timesyncd.service systemd-random-seed.service systemd-machine-id-commit.service dev-hugepages.mount \
  dev-mqueue.mount sys-kernel-config.mount sys-kernel-debug.mount sys-kernel-tracing.mount apt-daily.timer \
  apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer fstrim.timer; do
  ln -sf /dev/null "etc/systemd/system/$unit"
done
hostname debian
exec chroot . setpriv --bounding-set=-sys_time,-sys_boot,-sys_module,-sys_rawio,-syslog \
  env -i container=nat64-test PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --system < /dev/null
INSIDE
